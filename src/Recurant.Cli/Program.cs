System.Console.WriteLine("recurant");
